import type { Lang } from './messages.ts'
import type { Actions } from './pages.ts'

/** An address of the portal with what a page without cookies must carry. */
export function link(path: string, visit: string | null, lang: Lang): string {
  const query = new URLSearchParams()
  if (visit) query.set('v', visit)
  query.set('lang', lang)
  return `${path}?${query.toString()}`
}

/** The ways in for which a pass may stand. */
export const PASS_OPENS: readonly string[] = ['click-through', 'voucher']

/** Where everything on a page leads. */
export function actionsOf(visit: string | null, lang: Lang, methods: readonly string[]): Actions {
  const to = (path: string): string => link(path, visit, lang)
  return {
    splashUrl: visit ? to('/splash') : null,
    loginUrl: visit && methods.includes('click-through') ? to('/login/click-through') : null,
    passUrl: visit && methods.some((method) => PASS_OPENS.includes(method)) ? to('/login/pass') : null,
    voucherUrl: visit && methods.includes('voucher') ? to('/login/voucher') : null,
    statusUrl: to('/status'),
    logoutUrl: to('/logout'),
    termsUrl: to('/terms'),
    privacyUrl: to('/privacy'),
    helpUrl: to('/help'),
    discoverUrl: to('/kham-pha'),
    venueUrl: to('/noi-nay'),
  }
}
