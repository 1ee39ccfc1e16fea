-- The realms of the city file: names in them are ours (RFC 7542), in the spelling in which they are compared.
CREATE TABLE realms (realm text PRIMARY KEY);
