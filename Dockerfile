# syntax=docker/dockerfile:1

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY scripts ./scripts
RUN npm run build

# Run-time packages for a CPU: without the CUDA and Vulkan builds of llama.cpp and without other systems' binaries.
FROM node:20.20.2-bookworm-slim AS packages
ARG TARGETARCH
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force \
  && case "$TARGETARCH" in arm64) cpu=arm64 ;; *) cpu=x64 ;; esac \
  && find node_modules/@node-llama-cpp -mindepth 1 -maxdepth 1 ! -name "linux-$cpu" -exec rm -rf {} + \
  && find node_modules/onnxruntime-node/bin -mindepth 2 -maxdepth 2 ! -name linux -exec rm -rf {} + \
  && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 ! -name "$cpu" -exec rm -rf {} + \
  && test -d "node_modules/@node-llama-cpp/linux-$cpu" \
  && test -n "$(find node_modules/onnxruntime-node/bin -path "*/linux/$cpu/*" -name '*.node')"

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production ONEPASS_HOST=0.0.0.0 ONEPASS_PORT=8080
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY models ./models
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.ONEPASS_PORT + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
