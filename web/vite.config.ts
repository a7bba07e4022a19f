import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { packed } from './tools/packed'

/* HUIMIN_API: where a server listens while pages are being worked on with `npm run dev`. */
export default defineConfig({
  plugins: [vue(), packed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    target: 'chrome100',
    outDir: process.env.HUIMIN_WEB_OUT ?? '../build/web',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': process.env.HUIMIN_API ?? 'http://127.0.0.1:8080' } },
})
