#!/bin/sh
# Makes the secrets of the stack in ./secrets, those that are not there yet. With a folder as argument, in that one.
#
# The folder is for its owner only; the files in it can be read by anybody who gets that far, since containers run as users
# of their own and Compose mounts a secret with the rights it has on this machine.
set -eu
folder=${1:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$folder"
chmod 700 "$folder"

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# keep NAME: what stands on the standard input, unless there is such a file already.
keep() {
  if [ -e "$folder/$1" ]; then cat > /dev/null; return; fi
  cat > "$folder/$1.new"
  chmod 444 "$folder/$1.new"
  mv "$folder/$1.new" "$folder/$1"
  echo "made $1"
}

for name in redis_password postgres_password grafana_password; do random | keep "$name"; done

# Nobody can make this one: put the address of an incoming webhook of Slack there, and alerts arrive.
printf 'https://slack.invalid/put-the-address-of-a-webhook-here' | keep slack_webhook_url

# Redis keeps a hash. The user `default` may do nothing but answer the health check; the rights of the gateway are those
# that docs/operations/redis.md lists.
hash=$(sha256sum < "$folder/redis_password" | cut -d ' ' -f 1)
keep redis_acl << ACL
user default reset on nopass +ping
user passerelle on #$hash ~passerelle:* &passerelle:* +ping +select +get +set +del +unlink +time +evalsha +eval +sadd +sscan +zadd +zrangebyscore +zremrangebyscore +pttl +pexpire +scan +publish +subscribe +unsubscribe
ACL
