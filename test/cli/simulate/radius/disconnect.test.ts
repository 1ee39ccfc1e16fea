import t from 'tap'
import {
  DynamicAuthorizationListener,
  type DynamicAnswer,
  type DynamicAuthorization,
} from '../../../../cli/simulate/radius/disconnect.ts'
import { proveResponse } from '../../../../cli/simulate/radius/verify.ts'
import { until } from '../../../support/stores.ts'
import { address, SECRET } from '../stage.ts'
import { ask, dynamicRequest, parse, uint32, valueOf } from '../tiny-radius.ts'

const FROM = { address: '127.0.0.1', family: 'IPv4', port: 1, size: 0 } as const
const AT = { host: address(20), port: 3799 }

t.test('a gateway answers requests to disconnect', async (t) => {
  const requests: DynamicAuthorization[] = []
  const faults: string[] = []
  let next: DynamicAnswer = 'ack'
  const listener = await DynamicAuthorizationListener.open({
    at: AT,
    secret: SECRET,
    answer: (request) => {
      requests.push(request)
      return next
    },
    fault: (reason) => void faults.push(reason),
  })
  t.teardown(() => listener.close())

  const request = dynamicRequest(40, [[1, Buffer.from('user')]], SECRET)
  const ack = (await ask(AT, request))!
  t.equal(ack[0], 41)
  t.equal(proveResponse(ack, request, SECRET, false), 'good')
  t.equal(requests[0]?.packet.attributes['User-Name'], 'user')

  t.same(await ask(AT, request), ack, 'the same request has the same answer')
  t.equal(requests.length, 1, 'and is carried out once')

  next = { errorCause: 503 }
  const nak = (await ask(AT, dynamicRequest(40, [[1, Buffer.from('gone')]], SECRET)))!
  t.equal(nak[0], 42)
  t.same(valueOf(parse(nak, FROM), 101), uint32(503))
  next = 'ack'
  t.equal((await ask(AT, dynamicRequest(43, [[1, Buffer.from('user')]], SECRET)))?.[0], 44)
  t.equal(requests[2]?.kind, 'coa')

  t.equal(
    await ask(AT, dynamicRequest(40, [], 'another secret'), 100),
    null,
    'what proves nothing has no answer',
  )
  t.equal(await ask(AT, Buffer.from('nonsense'), 100), null)
  await until(() => faults.length === 2, 'both are told')
  t.match(faults, [/bad authenticator/, /bad length/])
})
