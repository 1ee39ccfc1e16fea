import { test } from 'tap'
import { pendingMessage, readsWispr, refusedMessage } from '../../portal/wispr.ts'

test('nothing that is said gets out of its element, of the comment, or of XML', (t) => {
  const hostile = `--> <script>alert(1)</script> & "quoted" ]]> --- <!-- \u0000\u001b\uffff end`
  for (const message of [
    refusedMessage(hostile),
    pendingMessage(`http://10.1.0.1/logon?a=1&b=2#${hostile}`),
  ]) {
    t.equal(message.match(/-->/g)?.length, 1, 'the comment ends once')
    t.ok(message.endsWith('-->'))
    t.notMatch(message, /<script|[\u0000\u001b\uffff]|&b=2/)
    t.equal(message.slice(4, -3).match(/--/g), null)
  }
  t.match(
    pendingMessage('http://10.1.0.1/logon?a=1&b=2'),
    /<LoginResultsURL>http:\/\/10\.1\.0\.1\/logon\?a=1&amp;b=2</,
  )
  t.end()
})

test('iOS and smart clients read WISPr, browsers do not', (t) => {
  t.ok(readsWispr('CaptiveNetworkSupport-482.0.2 wispr'))
  t.ok(readsWispr('WISPR! something/2.1'))
  t.notOk(readsWispr('Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)'))
  t.notOk(readsWispr(undefined))
  t.end()
})
