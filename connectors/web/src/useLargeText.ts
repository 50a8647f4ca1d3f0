/** The large-text switch, remembered on the device. The size itself is one rule in style.css. */
import { ref, watchEffect, type Ref } from 'vue'
import { device } from './storage'

const KEY = 'wenban.largeText'

export function useLargeText(): Ref<boolean> {
  const large = ref(device.read(KEY) === 'yes')
  watchEffect(() => {
    document.documentElement.classList.toggle('large', large.value)
    device.write(KEY, large.value ? 'yes' : 'no')
  })
  return large
}
