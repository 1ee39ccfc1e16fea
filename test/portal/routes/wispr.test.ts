import { test } from 'tap'
import { parseMac } from '../../../core/domain/mac.ts'
import { chilliArrival, openndsArrival, startStage, visitIn } from '../stage.ts'
import { overTls } from '../tls.ts'

const SMART = { 'user-agent': 'WISPr smart client/1.0' }
/** The message of a page: its fields by name. */
function messageIn(html: string): Record<string, string> {
  const xml = /<!--\s*(<\?xml[^]*?)-->/.exec(html)?.[1] ?? ''
  const fields = [...xml.matchAll(/<(\w+)>([^<]*)<\/\1>/g)].map(([, name, text]) => [name!, text!] as const)
  const unescaped = (text: string): string =>
    text.replaceAll('&#45;', '-').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  return Object.fromEntries(fields.map(([name, text]) => [name, unescaped(text)]))
}

test('smart clients by WISPr', async (t) => {
  const stage = await startStage(t)

  await t.test('without TLS nobody is asked for a password', async (t) => {
    t.notMatch((await stage.get(chilliArrival(), SMART)).body, /WISPAccessGatewayParam/)
  })

  const ask = await overTls(t, stage)
  const arrive = async (last: string) => {
    const page = await stage.get(chilliArrival({}, parseMac(`02AABBCCDD${last}`)!), SMART)
    return { page, message: messageIn(page.body), v: visitIn(page.body) }
  }
  const [code, other] = ['AAAA0001', 'AAAA0002'] as const
  for (const each of [code, other])
    await stage.vouchers.publish(each, {
      id: each,
      site: 'ho-hoan-kiem',
      seconds: 1800,
      octets: null,
      devices: 1,
      expiresAt: null,
    })

  await t.test('the arrival page tells where to log in, to those who read it', async (t) => {
    const { message, v } = await arrive('11')
    t.match(message, {
      MessageType: '100',
      ResponseCode: '0',
      AccessProcedure: '1.0',
      LocationName: 'Hoàn Kiếm Lake',
    })
    t.equal(message.LoginURL, `${stage.tlsUrl}/wispr?v=${v}&lang=vi`)
    const iphone = await stage.get(chilliArrival(), { 'user-agent': 'CaptiveNetworkSupport-443.60.1 wispr' })
    t.match(messageIn(iphone.body), { MessageType: '100' })
    t.notMatch(
      (await stage.get(chilliArrival())).body,
      /WISPAccessGatewayParam/,
      'a browser has no use for it',
    )
    const reading = await ask(`/wispr?v=${v}&lang=vi`)
    t.match(reading.headers.location, /^\/splash\?v=/, 'whoever opens the address in a browser gets the page')
  })

  await t.test('nothing is promised where it cannot be kept', async (t) => {
    const taps = await stage.get(chilliArrival({ nasid: 'chilli-taps' }), SMART)
    t.notMatch(taps.body, /WISPAccessGatewayParam/, 'no codes are taken here')
    t.notMatch(
      (await stage.get(openndsArrival(2), SMART)).body,
      /WISPAccessGatewayParam/,
      'no login by address',
    )
  })

  await t.test('a code as user name is a right, and the gateway’s address is the next to ask', async (t) => {
    const { message } = await arrive('12')
    const answer = await ask(message.LoginURL!, SMART, { UserName: code, Password: code, button: 'Login' })
    const reply = messageIn(answer.body)
    t.match(reply, { MessageType: '120', ResponseCode: '201' })
    const logon = new URL(reply.LoginResultsURL!)
    t.equal(logon.origin + logon.pathname, 'http://10.1.0.1:3990/logon')
    t.match(logon.searchParams.get('response'), /^[0-9a-f]{32}$/)
    t.notMatch(answer.body, code, 'the code is not told again')
  })

  await t.test(
    'after the gateway let it in, the page it leads to says so and where to log off',
    async (t) => {
      const { v } = await arrive('12')
      const success = await stage.get(chilliArrival({ res: 'success' }, parseMac('02AABBCCDD12')!), SMART)
      const page = await stage.get(success.headers.location as string, SMART)
      const message = messageIn(page.body)
      t.match(message, { MessageType: '140', ResponseCode: '50' })
      t.equal(message.LogoffURL, `${stage.tlsUrl}/wispr?v=${v}&lang=vi&logoff`)
      t.match(messageIn((await ask(message.LogoffURL!, SMART)).body), {
        MessageType: '130',
        ResponseCode: '150',
      })
      const failed = await stage.get(chilliArrival({ res: 'failed' }, parseMac('02AABBCCDD12')!), SMART)
      t.match(messageIn(failed.body), { MessageType: '140', ResponseCode: '100' })
    },
  )

  await t.test('a wrong code is refused in words, and tries are counted', async (t) => {
    const { message, v } = await arrive('13')
    for (let i = 0; i < 5; i++) {
      const reply = messageIn((await ask(message.LoginURL!, SMART, { UserName: 'NOPE2345' })).body)
      t.match(reply, { MessageType: '120', ResponseCode: '100', ReplyMessage: /\S/ })
    }
    const reply = messageIn((await ask(message.LoginURL!, SMART, { UserName: other })).body)
    t.match(reply, { ResponseCode: '100' }, 'a right one comes too late now')
    t.equal((await stage.parts.visits.find(v))!.grant, null)
    t.match(messageIn((await ask(message.AbortLoginURL!, SMART)).body), {
      MessageType: '150',
      ResponseCode: '151',
    })
  })

  await t.test('without a visit, without a user name and over plain HTTP it is a fault', async (t) => {
    const { v } = await arrive('14')
    const fault = { MessageType: '120', ResponseCode: '255' }
    t.match(messageIn((await ask('/wispr?v=AAAAAAAAAAAAAAAA', SMART, { UserName: other })).body), fault)
    t.match(messageIn((await ask(`/wispr?v=${v}`, SMART, { Password: other })).body), fault)
    t.match(messageIn((await stage.post(`/wispr?v=${v}`, { UserName: other })).body), fault)
    t.equal((await ask('/wispr?v=AAAAAAAAAAAAAAAA')).headers.location, '/help')
  })
})
