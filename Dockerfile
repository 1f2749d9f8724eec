# syntax=docker/dockerfile:1

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY web ./web
COPY scripts ./scripts
RUN npm run build

# Run-time packages for a CPU: without the CUDA and Vulkan builds of llama.cpp and without other systems' binaries.
FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/lean.js ./scripts/lean.js
RUN npm ci --omit=dev && npm cache clean --force && node scripts/lean.js

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production ONEPASS_HOST=0.0.0.0 ONEPASS_PORT=8080
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin ./bin
COPY package.json LICENSE ./
COPY models ./models
RUN ln -s /app/bin/onepass.js /usr/local/bin/onepass
USER 1000:1000
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.ONEPASS_PORT + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
