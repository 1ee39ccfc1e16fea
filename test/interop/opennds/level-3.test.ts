import { endedSession } from './books.ts'
import { tapConnect, visit, wholeVisit } from './visitor.ts'

/** Encrypted, and openNDS itself asks the portal over TLS whom to let in. */
await visit(3, 'vi', async (t, visitor) => {
  await wholeVisit(t, visitor)

  await t.test('openNDS crashes and starts again: the session is closed', async (t) => {
    await tapConnect(t, visitor)
    await visitor.lab.gateway('sh', '-c', 'kill -KILL $(pgrep -x opennds)')
    await visitor.lab.opennds('start')
    await endedSession(t, visitor.lab, 'NAS-Reboot')
  })
})
