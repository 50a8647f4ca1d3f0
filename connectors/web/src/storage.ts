/**
 * What the page remembers. `device` outlives the browser tab (sender id, large text); `tab` ends with it
 * (the conversation on screen, so that a reload loses nothing typed). A browser that forbids storage gets memory.
 */
export interface Store {
  read(key: string): string | null
  write(key: string, value: string): void
  remove(key: string): void
}

export function memoryStore(): Store {
  const values = new Map<string, string>()
  return {
    read: (key) => values.get(key) ?? null,
    write: (key, value) => void values.set(key, value),
    remove: (key) => void values.delete(key),
  }
}

function browserStore(open: () => Storage): Store {
  try {
    const storage = open()
    storage.setItem('wenban.probe', '1')
    storage.removeItem('wenban.probe')
    return {
      read: (key) => storage.getItem(key),
      write: (key, value) => {
        try {
          storage.setItem(key, value)
        } catch {
          storage.removeItem(key) // full: better nothing than something stale
        }
      },
      remove: (key) => storage.removeItem(key),
    }
  } catch {
    return memoryStore()
  }
}

export const device: Store = browserStore(() => window.localStorage)
export const tab: Store = browserStore(() => window.sessionStorage)
