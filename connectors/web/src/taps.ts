/**
 * The second half of a double tap. Many people double-tap everything; after the first tap the log has moved, so
 * that the second one would hit another button. Keyboards give detail 0, single taps 1.
 */
export function isSecondTap(event: MouseEvent): boolean {
  return event.detail > 1
}
