// The mouth of a test inside a network namespace: it sends what it is told, line by line, and tells what came back.
import { createSocket } from 'node:dgram'
import { request as http } from 'node:http'
import { request as https } from 'node:https'
import { createInterface } from 'node:readline'

createInterface({ input: process.stdin })
  .on('line', (line) => void answer(JSON.parse(line)))
  .on('close', () => process.exit(0))

async function answer({ id, ...asked }) {
  const said = await (asked.kind === 'udp' ? udp(asked) : web(asked)).catch((error) => ({
    error: error.message || error.code || String(error),
  }))
  process.stdout.write(`${JSON.stringify({ id, ...said })}\n`)
}

/** Sends one datagram, again every second, until an answer comes from where it went. */
function udp({ address, port, hex, tries }) {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const datagram = Buffer.from(hex, 'hex')
    const done = (said) => {
      clearInterval(timer)
      socket.close()
      resolve(said)
    }
    const send = () => (tries-- > 0 ? socket.send(datagram, port, address) : done({ error: 'no answer' }))
    const timer = setInterval(send, 1000)
    socket.on('error', (error) => done({ error: error.message }))
    socket.on('message', (message, from) => {
      if (from.address === address && from.port === port) done({ hex: message.toString('hex') })
    })
    send()
  })
}

function web({ url, ca, method = 'GET', headers = {}, body }) {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers,
      agent: false,
      timeout: 15_000,
      ...(ca && { ca, servername: 'localhost' }),
    }
    const sent = (url.startsWith('https:') ? https : http)(url, options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: text }),
      )
      response.on('error', reject)
    })
    sent.on('timeout', () => sent.destroy(new Error('no answer in 15 s')))
    sent.on('error', reject)
    sent.end(body)
  })
}
