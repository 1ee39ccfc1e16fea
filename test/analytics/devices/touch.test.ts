import t from 'tap'
import { failureOf } from '../../../analytics/devices/touch.ts'

t.test('each refusal is one of the ways in which a device fails to get online', async (t) => {
  const failures = {
    'code-wrong': 'code',
    'code-devices': 'code',
    'too-many-tries': 'code',
    'pass-wrong': 'code',
    'quota-time': 'quota',
    closed: 'closed',
    maintenance: 'closed',
    'bad-password': 'radius',
    'pass-revoked': 'radius',
  }
  for (const [reason, failure] of Object.entries(failures)) t.equal(failureOf(reason), failure, reason)
  t.equal(failureOf('no-grant'), null, 'a gateway that asks by itself refuses nobody')
})
