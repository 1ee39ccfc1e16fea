import type { Site } from '../../core/domain/site.ts'
import { KEPT, type SettingsNow } from '../settings.ts'
import type { Wording } from '../wording.ts'
import { hoursText } from './own-page.ts'
import { markOf } from './sites.ts'

/** What holds, in words. */
export function settingsView(wording: Wording, now: SettingsNow) {
  const { say, format } = wording
  const fact = (key: string, value: string) => ({ term: say(`settings.${key}`), value })
  const { ports } = now
  return {
    rules: now.rules.map(({ category, limits, hours, sites }) => ({
      mark: markOf(wording, category),
      sites: format.number(sites),
      limits: limitsText(wording, limits),
      hours: hoursText(wording, hours),
    })),
    languages: now.languages.map(format.languageName).join(', '),
    facts: [
      fact(
        'hold-out',
        now.holdOuts.length === 0
          ? say('settings.hold-out.none')
          : now.holdOuts.map((share) => format.percent(share)).join(', '),
      ),
      ...KEPT.map((each) =>
        fact(
          `kept.${each}`,
          each === 'staffSessions'
            ? say('settings.hours', { count: format.number(now.retention[each] * 24) })
            : say('settings.days', { count: format.number(now.retention[each]) }),
        ),
      ),
    ],
    machine: [
      fact('portal', now.portalUrl),
      fact('hosts', now.hosts.join(', ')),
      fact('ports.portal', [ports.portal, ports.portalTls].filter((port) => port !== null).join(', ')),
      fact('ports.radius', `${ports.radiusAuth}, ${ports.radiusAcct}`),
      fact('ports.console', String(ports.console)),
      fact('workers', format.number(now.radiusWorkers)),
      fact('node', now.node),
    ],
    cityFile: now.cityFile,
    terms: `${now.portalUrl}/terms`,
  }
}

function limitsText({ say, format }: Wording, limits: Site['limits']): string {
  const { sessionSeconds, dailySeconds, dailyOctets, sessionOctets, downBitsPerSecond, devices } = limits
  const minutes = (seconds: number): string => format.number(Math.round(seconds / 60))
  const told = [
    sessionSeconds && say('settings.limit.session', { count: minutes(sessionSeconds) }),
    dailySeconds && say('settings.limit.daily', { count: minutes(dailySeconds) }),
    sessionOctets && say('settings.limit.session-data', { size: format.gigabytes(sessionOctets) }),
    dailyOctets && say('settings.limit.daily-data', { size: format.gigabytes(dailyOctets) }),
    downBitsPerSecond && say('settings.limit.speed', { count: format.number(downBitsPerSecond / 1e6) }),
    devices && say('settings.limit.devices', { count: format.number(devices) }),
  ].filter((each) => typeof each === 'string')
  return told.length > 0 ? told.join('; ') : say('settings.limit.none')
}
