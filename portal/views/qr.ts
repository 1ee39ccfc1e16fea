import { create } from 'qrcode'

/** Modules of white around the code, without which scanners miss it (ISO/IEC 18004 §6.3.8). */
const QUIET = 4

/** A text as a QR code: one inline `<svg>` with `label` read out in its place. Both must be free of markup. */
export function qrCode(text: string, label: string): string {
  const { size, data } = create(text, { errorCorrectionLevel: 'M' }).modules
  const side = size + 2 * QUIET
  let path = ''
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (!data[y * size + x]) continue
      const from = x
      while (x + 1 < size && data[y * size + x + 1]) x++
      path += `M${from + QUIET} ${y + QUIET}h${x + 1 - from}v1h-${x + 1 - from}z`
    }
  }
  // Black on white in the dark theme, too: many scanners do not read it the other way round.
  return `<svg class="qr" viewBox="0 0 ${side} ${side}" role="img" aria-label="${label}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}H0z"/><path d="${path}"/></svg>`
}
