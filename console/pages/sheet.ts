import { toString as qrSvg } from 'qrcode'
import type { Site } from '../../core/domain/site.ts'
import { spacedCode } from '../../core/domain/voucher.ts'
import type { Batch, BatchCode } from '../../core/records/voucher-batches.ts'
import type { Wording } from '../wording.ts'
import { batchHref, givesOf, nameOf } from './codes.ts'
import { siteName } from './sites.ts'

/** How many slips may stand on a printed page. */
export const SLIPS_A_PAGE = [6, 12, 24] as const
/** As many codes as one sheet of paper work shows at a time; the rest is a link away. */
export const SLIPS_MOST = 120

export interface Sheet {
  readonly name: string
  readonly site: string
  readonly back: string
  readonly plan: string
  readonly expires: string | null
  readonly count: string
  readonly perPage: number
  readonly choices: readonly { readonly href: string; readonly label: string; readonly current: boolean }[]
  /** Pages of slips. */
  readonly pages: readonly (readonly { readonly code: string; readonly qr: string }[])[]
  readonly more: string | null
}

/** Slips to cut: each code as text and as a QR code that leads to the portal with the code in its field. */
export async function sheetPage(
  wording: Wording,
  given: {
    readonly site: Site
    readonly batch: Batch
    readonly codes: readonly BatchCode[]
    readonly portalUrl: string
    readonly perPage: number
    readonly next: string | null
    readonly now: number
  },
): Promise<Sheet> {
  const { say, format } = wording
  const { site, batch, codes, portalUrl, perPage, next, now } = given
  const href = `${batchHref(site.id, batch.id)}/sheet`
  const slips = await Promise.all(
    codes.map(async ({ code }) => ({ code: spacedCode(code), qr: await slipQr(`${portalUrl}/ma/${code}`) })),
  )
  return {
    name: nameOf(wording, batch, now),
    site: siteName(wording, site),
    back: batchHref(site.id, batch.id),
    plan: givesOf(wording, batch),
    expires:
      batch.expiresAt === null ? null : say('sheet.until', { time: format.moment(batch.expiresAt, now) }),
    count: say('sheet.count', { count: format.number(codes.length) }),
    perPage,
    choices: SLIPS_A_PAGE.map((each) => ({
      href: `${href}?per=${each}`,
      label: format.number(each),
      current: each === perPage,
    })),
    pages: Array.from({ length: Math.ceil(slips.length / perPage) }, (_, i) =>
      slips.slice(i * perPage, (i + 1) * perPage),
    ),
    more: next === null ? null : `${href}?per=${perPage}&after=${next}`,
  }
}

/** The code beside it says the same, so nobody needs to hear the picture. */
async function slipQr(url: string): Promise<string> {
  const svg = await qrSvg(url, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 })
  return svg.trim().replace('<svg ', '<svg class="slip-qr" aria-hidden="true" focusable="false" ')
}
