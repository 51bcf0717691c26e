/** What guessing begins with, without the digits and signs that people put behind it. */
const WORDS = new Set(`
123 1234 12345 123456 1234567 12345678 123456789 1234567890 0123456789 987654321 9876543210 123123 123123123 12341234
112233 11223344 1122334455 102030 147258369 159753 789456123 123321 654321 1q2w3e 1q2w3e4r 1q2w3e4r5t 1qaz2wsx
1qaz2wsx3edc zaq12wsx q1w2e3r4 q1w2e3r4t5 qwer1234 abcd1234 a1b2c3d4 abc123 qwe123 asd123
password passwort passw0rd p@ssword p@ssw0rd pa$$word pa55word motdepasse contraseña contrasena senha wachtwoord parola haslo
mypassword thepassword passwordpassword newpassword password123
qwerty qwertz azerty qwertyui qwertyuiop azertyuiop qwertzuiop asdfgh asdfghjk asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc
qweasd qweasdzxc asdf asdfasdf qwerqwer qwertyqwerty yxcvbnm
abc abcd abcde abcdef abcdefg abcdefgh abcdefghi abcdefghij abcabc aaaaaa
admin administrator administrateur root superuser sysadmin webmaster manager master default changeme change_me changeit letmein
welcome bienvenue bonjour bonsoir willkommen hello hellohello helloworld secret topsecret secret_key supersecret login guest user
test testtest tester testing demo example temp temporary temppass sample
iloveyou iloveu ilovegod jetaime jtaime loulou doudou chouchou coucou soleil marseille paris france
princess princesse monkey dragon sunshine shadow superman batman spiderman pokemon starwars football baseball basketball soccer
hockey jordan michael michelle jessica jennifer charlie thomas nicolas daniel andrew joshua matthew ashley nicole
whatever freedom trustno trustnoone blink computer internet samsung google facebook microsoft linkedin minecraft fortnite
summer winter spring autumn january february december monday sunday nothing forever killer pepper ginger cookie cheese chocolat
chocolate banana orange purple flower butterfly angel angels lovely babygirl jesus christ blessed
mustang harley ferrari porsche mercedes yamaha corvette access ninja
`.trim().split(/\s+/));

/** Whether it is one of them, in capitals or not, alone or with digits and signs around it. */
export function isCommon(password: string): boolean {
  const small = password.toLowerCase();
  if (WORDS.has(small)) return true;
  return WORDS.has(small.replace(/[^\p{L}]+$/u, '')) || WORDS.has(small.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, ''));
}
