import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { words } from './src/words.ts'

/** Fills the page's title and its words for browsers without scripts from words.ts, so that words live there only. */
function pageWords(): Plugin {
  return {
    name: 'page-words',
    transformIndexHtml: (html) =>
      html
        .replaceAll('%TITLE%', words.title)
        .replaceAll('%DESCRIPTION%', words.description)
        .replaceAll('%NO_SCRIPT%', words.noScript),
  }
}

/** Every browser that runs this page reads woff2: the woff copies of the font would only double the build. */
function woff2Only(): Plugin {
  return {
    name: 'woff2-only',
    enforce: 'pre',
    transform(code, id) {
      if (!/@fontsource\/[^?]+\.css/.test(id)) return null
      return { code: code.replace(/,\s*url\([^)]+\.woff\)\s*format\('woff'\)/g, ''), map: null }
    },
  }
}

export default defineConfig({
  plugins: [vue(), pageWords(), woff2Only()],
  build: {
    outDir: 'dist',
    target: ['es2020', 'chrome87', 'firefox78', 'safari14'],
    // No data: URLs: the content security policy allows fonts and images from our own origin only.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
  test: { environment: 'node', include: ['tests/**/*.test.ts'] },
})
