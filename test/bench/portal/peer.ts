// The peer, a process of its own: Fastify and nothing else, one body that was made before. Reads the body from a file,
// prints the port.
import { readFileSync } from 'node:fs'
import fastify from 'fastify'

const body = readFileSync(process.argv[2]!)
const app = fastify({ logger: false })
app.get('/', (_, reply) => reply.type('text/html; charset=utf-8').send(body))
const address = await app.listen({ host: '127.0.0.1', port: 0 })
process.stdout.write(`${new URL(address).port}\n`)
process.on('disconnect', () => process.exit(0))
