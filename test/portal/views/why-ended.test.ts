import t from 'tap'
import { END_KINDS, type EndReason } from '../../../core/domain/session-end.ts'
import type { Lang } from '../../../portal/messages.ts'
import { createPages, type Page } from '../../../portal/pages.ts'
import { samplePages } from './samples.ts'

const pages = createPages()
/** 14:02 in Hà Nội. */
const ENDED = Date.UTC(2026, 10, 21, 7, 2)
const MINUTE = 60_000

/** The sentence of the ended page, markup off. */
function said(lang: Lang, reason: EndReason, toldAt = ENDED + 5 * MINUTE): string {
  const sample = new Map(samplePages(pages, lang)).get('ended')!
  const html = pages.render({ ...sample, ending: { reason, endedAt: ENDED, toldAt } } as Page)
  return /<p class="lead">(.*?)<\/p>/s
    .exec(html)![1]!
    .trim()
    .replaceAll('&#39;', "'")
    .replaceAll('\u00a0', ' ')
}

t.test('a visitor is told what he used up, and when', async (t) => {
  const hour = { kind: 'time', seconds: 3600 } as const
  t.equal(said('vi', hour), '60 phút của bạn đã hết lúc 14:02.')
  t.equal(said('en', hour), 'Your 60 minutes were used up at 14:02.')
  t.equal(said('en', { kind: 'time', seconds: 60 }), 'Your 1 minute was used up at 14:02.')
  t.equal(said('en', { kind: 'time', seconds: 20 }), 'Your 1 minute was used up at 14:02.', 'never none')
  t.equal(said('vi', { kind: 'data', octets: 1e9 }), '1 GB dữ liệu của bạn đã hết lúc 14:02.')
  t.equal(said('en', { kind: 'data', octets: 640e6 }), 'Your 640 MB of data was used up at 14:02.')
  t.equal(
    said('en', { kind: 'idle', seconds: 900 }),
    'Your phone did not use the Wi-Fi for 15 minutes, so this visit ended at 14:02.',
  )
})

t.test('a day later the sentence has its date', async (t) => {
  const later = ENDED + 24 * 60 * MINUTE
  t.equal(
    said('en', { kind: 'time', seconds: 3600 }, later),
    'Your 60 minutes were used up at 14:02 on 21 November 2026.',
  )
  t.equal(said('vi', { kind: 'left' }, later), 'Máy bạn rời Wi-Fi lúc 14:02 ngày 21/11/2026.')
})

t.test('every end has its sentence, with the time, in every language', async (t) => {
  for (const lang of pages.catalogues.languages)
    for (const kind of END_KINDS) {
      const sentence = said(lang, { kind })
      t.match(sentence, /14:02/, `${lang} ${kind}: ${sentence}`)
      t.notMatch(sentence, /[{}<>]|undefined/)
    }
  t.equal(said('en', { kind: 'staff' }), 'Your phone was disconnected at 14:02.', 'whoever did it')
  t.match(said('en', { kind: 'restarted' }), /our fault/)
})

t.test('the quota page says how the last visit ended, where it knows', async (t) => {
  const sample = new Map(samplePages(pages, 'en')).get('quota-time')!
  t.match(pages.render(sample), 'Your 60 minutes were used up at 14:02.')
  t.notMatch(pages.render({ ...sample, ending: null } as Page), '14:02')
})
