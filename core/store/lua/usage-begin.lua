-- Counts the first figures of a session, and remembers where it is for those who look for all of a subject's sessions.
-- KEYS: usage of its subject and period, sessions of its subject
-- ARGV: lifetime in seconds, seconds, their member, octets, their member, when the session began in ms, where its record
--       is, from which rank on, counted from the latest (-1), sessions are forgotten; 1 if the answer is wanted
-- Returns how many members the usage has, where that is wanted.
redis.call('ZADD', KEYS[1], 'GT', ARGV[2], ARGV[3], ARGV[4], ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[6], ARGV[7])
redis.call('ZREMRANGEBYRANK', KEYS[2], '0', ARGV[8])
redis.call('EXPIRE', KEYS[2], ARGV[1])
return ARGV[9] and redis.call('ZCARD', KEYS[1])
