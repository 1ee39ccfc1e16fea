import type { Nas } from '../domain/nas.ts'
import { Secret } from '../domain/secret.ts'
import type { Keys } from './keys.ts'

const SEALED_FOR = 'nas-table'

const reveal = (secret: Secret | null): string | null => secret?.reveal() ?? null

/** A NAS as JSON whose secrets only the holder of the key can read. */
export function sealedNas(nas: Nas, sealing: Keys): string {
  const secrets = [reveal(nas.secret), reveal(nas.uamSecret), reveal(nas.fasKey)]
  return JSON.stringify({
    ...nas,
    secret: null,
    uamSecret: null,
    fasKey: null,
    sealed: sealing.seal(JSON.stringify(secrets), SEALED_FOR),
  })
}

/** What a record sealed by a version before had not heard of. */
const NEWER = { limitProxyState: true, statusServer: true, acctSwapOctets: false }

/** @throws when the key is not the one that sealed it. */
export function unsealedNas(json: string, sealing: Keys): Nas {
  const { sealed, ...rest } = JSON.parse(json) as Nas & { sealed: string }
  const [secret, uamSecret, fasKey] = JSON.parse(sealing.unseal(sealed, SEALED_FOR)) as (string | null)[]
  return {
    ...NEWER,
    ...rest,
    secret: new Secret(secret!),
    uamSecret: uamSecret ? new Secret(uamSecret) : null,
    fasKey: fasKey ? new Secret(fasKey) : null,
  }
}
