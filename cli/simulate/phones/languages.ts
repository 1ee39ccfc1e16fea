import type { Random } from '../random.ts'
import type { Model } from './models.ts'

/** Four visitors in five are domestic; the rest by the lead markets of experience.md §1.6. */
const LANGUAGES = [
  { language: 'vi', region: 'VN', share: 0.76 },
  { language: 'en', region: 'US', share: 0.05 },
  { language: 'en', region: 'GB', share: 0.02 },
  { language: 'en', region: 'AU', share: 0.01 },
  { language: 'ko', region: 'KR', share: 0.045 },
  { language: 'zh', region: 'CN', share: 0.045 },
  { language: 'zh', region: 'TW', share: 0.015 },
  { language: 'ja', region: 'JP', share: 0.015 },
  { language: 'fr', region: 'FR', share: 0.013 },
  { language: 'ru', region: 'RU', share: 0.009 },
  { language: 'de', region: 'DE', share: 0.006 },
  { language: 'th', region: 'TH', share: 0.006 },
  { language: 'es', region: 'ES', share: 0.006 },
]

export interface PhoneLanguage {
  readonly language: string
  readonly acceptLanguage: string
}

export function drawLanguage(random: Random, spelling: Model['acceptLanguage']): PhoneLanguage {
  const { language, region } = random.weighted(LANGUAGES)
  const own = `${language}-${region},${language};q=0.9`
  const english = spelling === 'chromium' && language !== 'en'
  return { language, acceptLanguage: english ? `${own},en-US;q=0.8,en;q=0.7` : own }
}
