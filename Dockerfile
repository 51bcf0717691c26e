# syntax=docker/dockerfile:1
# The version is the one that package.json pins; a test compares them. Debian, as the pinned runtime needs glibc too.
ARG NODE_VERSION=26.10.0

FROM node:${NODE_VERSION}-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Scripts come later: `prepare` builds, and there is nothing to build yet.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY libs libs
COPY src src
RUN npm run build

FROM node:${NODE_VERSION}-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional dependencies are the pinned runtime itself, which the image has.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:${NODE_VERSION}-trixie-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY deploy/platforms deploy/platforms
# What a gateway writes (`database.file`, `audit.data`, `limits.data`) belongs in the second one: a volume there is the user's.
RUN mkdir /etc/passerelle && install -d -o 1000 -g 1000 /var/lib/passerelle
# The user `node` of the image, by number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE 8000
STOPSIGNAL SIGTERM
# With or without TLS. PASSERELLE_HEALTH_URL names another address, where the file has another port or mounts it elsewhere.
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s --retries=3 CMD ["node", "dist/src/cli/health-check.js"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/src/main.js"]
CMD ["start", "--config", "/etc/passerelle/gateway.yaml"]
