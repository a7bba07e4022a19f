import { defineConfig } from '@playwright/test'

/* One browser, Debian's; one town and one server for each file of tests (city.ts). */
export default defineConfig({
  testDir: '.',
  outputDir: process.env.HUIMIN_RESULTS ?? 'results',
  workers: 1,
  retries: 0,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.HUIMIN_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--lang=zh-CN',
      ],
    },
  },
})
