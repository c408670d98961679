# The image of Skopos: one process, no shell, no root. Build it for several platforms with
#   docker buildx build --platform linux/amd64,linux/arm64 --build-arg VERSION=0.1.0 --build-arg REVISION="$(git rev-parse HEAD)" .

# What is built is JavaScript, the same for every platform, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
COPY web/package.json web/
COPY scripts/ensure.mjs scripts/
RUN node scripts/ensure.mjs
COPY . .
RUN npm run --silent build

# Libraries may hold machine code, so they are installed on the platform that they are for.
FROM node:24-bookworm-slim AS libraries
WORKDIR /app
COPY package.json package-lock.json ./
COPY web/package.json web/
# The pages are bundled by now: nothing of their workspace is needed.
RUN npm ci --omit=dev --workspaces=false --include-workspace-root --no-audit --no-fund

FROM gcr.io/distroless/nodejs24-debian12:nonroot
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Skopos" \
      org.opencontainers.image.description="Kubernetes security monitoring and alerting in one program: from a bad change to a page" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="gcr.io/distroless/nodejs24-debian12:nonroot"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=libraries /app/node_modules node_modules
COPY --from=libraries /app/package.json package.json
COPY --from=build /src/dist dist
COPY --from=build /src/web/dist web/dist
COPY --from=build /src/rules rules
COPY --from=build /src/dashboards dashboards
COPY --from=build /src/docs/runbooks docs/runbooks
COPY --from=build /src/examples examples
COPY --from=build /src/LICENSE LICENSE
# The numbers, not the name: `runAsNonRoot` cannot look a name up.
USER 65532:65532
# Nothing is written but here and in /tmp, so that the rest may be read-only.
VOLUME ["/var/lib/skopos"]
EXPOSE 9600
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
CMD ["up", "--folder", "/app/examples/shop", "--data", "/var/lib/skopos"]
