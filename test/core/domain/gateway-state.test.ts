import t from 'tap'
import { accessPointState, gatewayState, type GatewayHeard } from '../../../core/domain/gateway-state.ts'

const NOW = Date.parse('2026-03-12T07:05:00Z')
const INTERVAL = 300_000
const NAS = { interimSeconds: 300 }
const stateOf = (heard: Partial<GatewayHeard>, nas = NAS) =>
  gatewayState(nas, { heardAt: NOW - 60_000, openSessions: 0, before: null, ...heard }, NOW)

t.test('a gateway is live for three of its own intervals', async (t) => {
  t.equal(stateOf({ heardAt: NOW - 3 * INTERVAL + 1 }), 'live')
  t.equal(stateOf({ heardAt: NOW - 3 * INTERVAL }), 'unknown')
  t.equal(stateOf({ heardAt: NOW - 3 * INTERVAL - 1 }, { interimSeconds: 600 }), 'live')
})

t.test('overdue is silent with sessions open, and unknown without: a quiet night is no outage', async (t) => {
  t.equal(stateOf({ heardAt: NOW - 4 * INTERVAL, openSessions: 1 }), 'silent')
  t.equal(stateOf({ heardAt: NOW - 4 * INTERVAL }), 'unknown')
  t.equal(stateOf({ heardAt: null }), 'unknown')
  t.equal(stateOf({ heardAt: null, openSessions: 1 }), 'silent')
})

t.test(
  'a look in the very moment in which its sessions end by silence knows that there were some',
  async (t) => {
    const heardAt = NOW - 3 * INTERVAL
    const before = { lookedAt: NOW - 60_000, heardAt, openSessions: 1, silent: false }
    t.equal(stateOf({ heardAt, openSessions: 0, before }), 'silent')
  },
)

t.test('it stays silent once its sessions have ended, until it is heard again', async (t) => {
  const heardAt = NOW - 9 * INTERVAL
  const before = { lookedAt: NOW - 60_000, heardAt, openSessions: 0, silent: true }
  t.equal(stateOf({ heardAt, before }), 'silent')
  t.equal(stateOf({ heardAt: heardAt + INTERVAL, before }), 'unknown', 'heard since that look')
})

t.test(
  'an access point that its gateway no longer names is silent; one that names none tells nothing',
  async (t) => {
    const gateway = (state: 'live' | 'silent' | 'unknown', named: Record<string, number> = {}) => ({
      nas: NAS,
      state,
      accessPoints: new Map(Object.entries(named)),
    })
    const old = { a: NOW - 4 * INTERVAL, b: NOW }
    t.equal(accessPointState('b', [gateway('live', old)], NOW), 'live')
    t.equal(accessPointState('a', [gateway('live', old)], NOW), 'silent')
    t.equal(accessPointState('c', [gateway('live', old)], NOW), 'silent', 'never named, while others are')
    t.equal(accessPointState('a', [gateway('silent', old)], NOW), 'silent')
    t.equal(accessPointState('a', [gateway('unknown', old)], NOW), 'unknown')
    t.equal(accessPointState('a', [gateway('live')], NOW), 'unknown')
    t.equal(accessPointState('a', [gateway('unknown', old), gateway('live', { a: NOW })], NOW), 'live')
  },
)
