import { StoreError } from '../process/errors.ts'

/** What ioredis says when it gives up, and what a Redis says that is there and cannot be asked. */
const GIVEN_UP = /^(MaxRetriesPerRequestError|AbortError|ClusterAllFailedError)$/
const NOT_SERVING = /^Connection is closed|^Stream isn't writeable|^(LOADING|MASTERDOWN|CLUSTERDOWN|BUSY) /

/** True for a failure that comes of the live store being away. One that is there and refuses to write is not away. */
export const isStoreAway = (error: unknown): boolean =>
  error instanceof StoreError ||
  (error instanceof Error && (GIVEN_UP.test(error.name) || NOT_SERVING.test(error.message)))
