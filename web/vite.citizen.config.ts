import vue from '@vitejs/plugin-vue'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { packed } from './tools/packed'

/* The citizens' pages: no account, no library but Vue, for phones of 2018. Built into p/ of the staff's pages. */
const here = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  root: resolve(here, 'citizen'),
  base: '/p/',
  publicDir: false,
  plugins: [vue(), packed()],
  resolve: { alias: { '@': resolve(here, 'src'), '~': resolve(here, 'citizen/src') } },
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  build: {
    target: 'chrome64',
    outDir: resolve(here, process.env.HUIMIN_WEB_OUT ?? '../build/web', 'p'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': process.env.HUIMIN_API ?? 'http://127.0.0.1:8080' } },
})
