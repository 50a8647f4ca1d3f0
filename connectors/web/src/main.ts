import '@fontsource/noto-sans-sc/400.css'
import '@fontsource/noto-sans-sc/700.css'
import './style.css'
import { createApp } from 'vue'
import App from './App.vue'
import { mendFonts, preloadWords } from './fonts'

preloadWords()
window.addEventListener('online', mendFonts)
createApp(App).mount('#app')
