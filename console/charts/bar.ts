/** A horizontal bar of a share, 0 to 1, as decoration beside the figure it stands for. */
export function bar(
  share: number,
  look: 'plain' | 'track' | 'thick' | 'craft' | 'industry' | 'why' = 'plain',
): string {
  const width = (100 * Math.min(1, Math.max(0, share))).toFixed(1)
  return `<svg class="bar ${look}" aria-hidden="true" focusable="false"><rect class="rest" width="100%" height="100%"/><rect width="${width}%" height="100%"/></svg>`
}
