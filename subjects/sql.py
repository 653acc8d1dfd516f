"""The database's half of person search: the vocabulary of names and the one function that looks through all of them.

Comparing names by likeness is not leakproof, so under row-level security PostgreSQL would compare only after the policy
had walked the whole table (records-audit-privacy 4.2: 214-1,208 ms against 1.4-3.7). `subjects_find` therefore looks for
candidates first, as the owner, and applies the very rule of the policies (the reader's access classes) before a row
leaves it. It is on the allow-list of the catalog test; every use is recorded by the page that calls it.
"""

from __future__ import annotations

VOCABULARY = """
CREATE TABLE subjects_nametoken (token text NOT NULL);
CREATE INDEX name_token_exact ON subjects_nametoken (token text_pattern_ops);
CREATE INDEX name_token_alike ON subjects_nametoken USING gin (token gin_trgm_ops);
CREATE INDEX name_token_sound ON subjects_nametoken (dmetaphone(token));
REVOKE ALL ON subjects_nametoken FROM PUBLIC, {app};  -- words of names: read by the search function, by nobody else
CREATE INDEX name_fact_by_tokens ON subjects_namefact USING gin (string_to_array(name_key, ' '));

-- No unique index and no conflict clause: two loads that learn the same word at once never wait for each other. The few
-- duplicates are folded when read.
CREATE FUNCTION subjects_learn_tokens() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO public.subjects_nametoken (token)
    SELECT DISTINCT word FROM fresh, unnest(string_to_array(fresh.name_key, ' ')) word
    WHERE word <> '' AND NOT EXISTS (SELECT 1 FROM public.subjects_nametoken known WHERE known.token = word);
    RETURN NULL;
END $$;
CREATE TRIGGER subjects_namefact_tokens AFTER INSERT ON subjects_namefact REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION subjects_learn_tokens();

-- words that no name holds any longer (after a destruction) and duplicates; returns how many rows went
CREATE FUNCTION subjects_forget_tokens() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM public.subjects_nametoken known
        WHERE NOT EXISTS (SELECT 1 FROM public.subjects_namefact f WHERE string_to_array(f.name_key, ' ') @> ARRAY[known.token])
           OR EXISTS (SELECT 1 FROM public.subjects_nametoken twin WHERE twin.token = known.token AND twin.ctid < known.ctid)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;
"""

VOCABULARY_BACK = """
DROP FUNCTION subjects_forget_tokens();
DROP TRIGGER subjects_namefact_tokens ON subjects_namefact;
DROP FUNCTION subjects_learn_tokens();
DROP INDEX name_fact_by_tokens;
DROP TABLE subjects_nametoken;
"""

FIND = """
DO $$ BEGIN PERFORM similarity('a', 'b'); END $$;  -- loads pg_trgm: its setting can be named only then

-- Words of the vocabulary like each typed word, best first: exact 1, else the better of spelling, sound and beginning.
CREATE OR REPLACE FUNCTION subjects_alike(p_words text[], p_most int)
RETURNS TABLE (place int, token text, score real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET pg_trgm.similarity_threshold = 0.3 AS $$
    SELECT typed.place::int, found.token, found.score
    FROM unnest(p_words) WITH ORDINALITY AS typed(word, place)
    CROSS JOIN LATERAL (
        SELECT alike.token, max(alike.score)::real AS score
        FROM (
            SELECT known.token,
                greatest(1 - levenshtein(known.token, typed.word)::real / greatest(length(known.token), length(typed.word)),
                         similarity(known.token, typed.word)) AS score
            FROM public.subjects_nametoken known
            WHERE known.token % typed.word AND length(typed.word) > 1
            UNION ALL
            SELECT known.token,
                (0.5 + 0.5 * (1 - levenshtein(known.token, typed.word)::real / greatest(length(known.token), length(typed.word)))) * 0.95
            FROM public.subjects_nametoken known
            WHERE dmetaphone(known.token) = dmetaphone(typed.word) AND length(typed.word) > 2
            UNION ALL
            -- a range in place of LIKE: the pattern is no constant here, so that LIKE would walk the whole vocabulary
            SELECT known.token, CASE WHEN known.token = typed.word THEN 1 ELSE 0.8 END
            FROM public.subjects_nametoken known
            WHERE known.token ~>=~ typed.word AND known.token ~<=~ CASE WHEN length(typed.word) > 2 THEN typed.word || '~' ELSE typed.word END
        ) alike
        WHERE alike.score >= 0.5
        GROUP BY alike.token
        ORDER BY score DESC, alike.token
        LIMIT p_most
    ) found
$$;
REVOKE ALL ON FUNCTION subjects_alike(text[], int) FROM PUBLIC, {app};

-- Two words of the vocabulary that make up one typed word: `annamaria`
CREATE OR REPLACE FUNCTION subjects_split(p_word text) RETURNS TABLE (first_word text, second_word text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT left(p_word, at), substr(p_word, at + 1) FROM generate_series(3, length(p_word) - 3) at
    WHERE EXISTS (SELECT 1 FROM public.subjects_nametoken known WHERE known.token = left(p_word, at))
      AND EXISTS (SELECT 1 FROM public.subjects_nametoken known WHERE known.token = substr(p_word, at + 1))
    ORDER BY abs(2 * at - length(p_word)) LIMIT 3
$$;
REVOKE ALL ON FUNCTION subjects_split(text) FROM PUBLIC, {app};  -- whether anybody bears a name is not for everybody

-- Subjects as the reader may see them whose name holds a typed word as it is written (the others may be mistyped beyond
-- likeness), or one typed word as two, or two neighbors as one; for each of these the likest whole names first.
CREATE OR REPLACE FUNCTION subjects_written(p_words text[], p_limit int) RETURNS TABLE (subject_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    classes int[] := public.access_classes();
    held text[];
BEGIN
    FOR held IN
        SELECT ARRAY[word] FROM unnest(p_words) word WHERE length(word) > 2
        UNION ALL
        SELECT ARRAY[p_words[place] || p_words[place + 1]] FROM generate_series(1, cardinality(p_words) - 1) place
        UNION ALL
        SELECT ARRAY[halves.first_word, halves.second_word] FROM unnest(p_words) word, public.subjects_split(word) halves
    LOOP
        RETURN QUERY
        SELECT likest.subject_id FROM (
            SELECT n.subject_id, n.name_key FROM public.subjects_namefact n
            WHERE string_to_array(n.name_key, ' ') @> held AND n.retracted_at IS NULL AND n.class_id = ANY (classes)
            LIMIT 2000
        ) likest JOIN public.subjects_subject s ON s.id = likest.subject_id AND s.class_id = ANY (classes)
        GROUP BY likest.subject_id
        ORDER BY max(similarity(likest.name_key, array_to_string(p_words, ' '))) DESC, likest.subject_id LIMIT p_limit;
    END LOOP;
END $$;

-- Candidate subjects as the reader may see them, scored roughly: by number; else by date of birth; else those whose name
-- holds two of the typed words (or the one that was typed, or any one when no name holds two).
-- The page reads them again under row-level security and scores them exactly.
CREATE OR REPLACE FUNCTION subjects_find(p_words text[], p_initials text[], p_born_from date, p_born_to date, p_born_also date[],
    p_numbers bigint[], p_limit int)
RETURNS TABLE (subject_id bigint, score real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    classes int[] := public.access_classes();
    wanted int := coalesce(array_length(p_words, 1), 0);
    word text;
BEGIN
    IF array_length(p_numbers, 1) > 0 THEN
        RETURN QUERY
        SELECT DISTINCT f.subject_id, 1::real FROM public.subjects_identifierfact f
        JOIN public.subjects_subject s ON s.id = f.subject_id AND s.class_id = ANY (classes)
        WHERE f.blind_index = ANY (p_numbers) AND f.retracted_at IS NULL AND f.class_id = ANY (classes)
        LIMIT p_limit;
    END IF;
    IF p_born_from IS NOT NULL THEN
        -- a date of birth narrows more than any name: all who were born then, the likest names first; of three days the middle one
        -- was typed
        RETURN QUERY
        SELECT s.id, (CASE WHEN wanted = 0 THEN 0.5 ELSE similarity(s.name_key, array_to_string(p_words, ' ')) END
            + CASE WHEN p_born_to - p_born_from = 2 AND s.date_of_birth = p_born_from + 1 THEN 0.2 ELSE 0 END)::real
        FROM public.subjects_subject s
        WHERE (s.date_of_birth BETWEEN p_born_from AND p_born_to OR s.date_of_birth = ANY (p_born_also)) AND s.class_id = ANY (classes)
          -- who is shown as another by now, or of whom nothing is stated any more, keeps the last values without a name fact
          AND EXISTS (SELECT 1 FROM public.subjects_namefact n
                      WHERE n.subject_id = s.id AND n.retracted_at IS NULL AND n.class_id = ANY (classes))
        ORDER BY 2 DESC, s.id LIMIT p_limit;
    ELSIF wanted > 0 THEN
        RETURN QUERY
        WITH alike AS MATERIALIZED (
            SELECT a.place, a.token, a.score FROM public.subjects_alike(p_words, CASE WHEN wanted = 1 THEN 40 ELSE 120 END) a
        ), sets AS MATERIALIZED (
            SELECT a.place, array_agg(a.token) AS tokens FROM alike a GROUP BY a.place
        ), enough AS (
            -- one word that many hold as it is written needs no likeness
            SELECT wanted = 1 AND count(*) >= p_limit AS exact_is_enough FROM (
                SELECT 1 FROM public.subjects_namefact n
                WHERE wanted = 1 AND string_to_array(n.name_key, ' ') @> p_words AND n.retracted_at IS NULL AND n.class_id = ANY (classes)
                LIMIT p_limit) exact
        ), pairs AS (
            SELECT l.tokens AS left_tokens, r.tokens AS right_tokens FROM sets l JOIN sets r ON r.place > l.place
            UNION ALL
            SELECT chosen.tokens, chosen.tokens FROM sets s, enough e,
                LATERAL (SELECT CASE WHEN e.exact_is_enough THEN p_words ELSE s.tokens END AS tokens) chosen
            WHERE wanted = 1
        ), held AS MATERIALIZED (
            SELECT DISTINCT ON (f.id) f.id, f.subject_id, string_to_array(f.name_key, ' ') AS tokens
            FROM pairs p JOIN LATERAL (
                SELECT n.id, n.subject_id, n.name_key FROM public.subjects_namefact n
                WHERE string_to_array(n.name_key, ' ') && p.left_tokens AND string_to_array(n.name_key, ' ') && p.right_tokens
                  AND n.retracted_at IS NULL AND n.class_id = ANY (classes)
                LIMIT CASE WHEN wanted = 1 THEN 5000 ELSE 20000 END
            ) f ON true
        ), best AS (
            SELECT h.id, h.subject_id, a.place, max(a.score) AS score, h.tokens
            FROM held h CROSS JOIN LATERAL unnest(h.tokens) held_word JOIN alike a ON a.token = held_word
            GROUP BY h.id, h.subject_id, a.place, h.tokens
        ), summed AS (
            SELECT b.subject_id, (sum(b.score) / wanted - 0.02 * abs(max(cardinality(b.tokens)) - wanted) + (
                SELECT 0.2 * count(*) FROM unnest(p_initials) initial
                WHERE EXISTS (SELECT 1 FROM unnest(min(b.tokens)) held_word WHERE left(held_word, 1) = initial)))::real AS score
            FROM best b GROUP BY b.id, b.subject_id
        )
        SELECT s.subject_id, max(s.score)
        FROM summed s JOIN public.subjects_subject u ON u.id = s.subject_id AND u.class_id = ANY (classes)
        GROUP BY s.subject_id ORDER BY 2 DESC, 1 LIMIT p_limit;
        IF NOT FOUND AND wanted > 1 THEN
            FOREACH word IN ARRAY p_words LOOP
                RETURN QUERY SELECT f.subject_id, f.score FROM public.subjects_find(ARRAY[word], p_initials, NULL, NULL, NULL, NULL, p_limit / wanted) f;
            END LOOP;
        END IF;
    END IF;
END $$;
"""

LIVING = """
CREATE INDEX address_line_begins ON subjects_addressfact (upper(line) text_pattern_ops) WHERE line <> '' AND retracted_at IS NULL;
-- Subjects as the reader may see them of whom an address is known that begins as typed, in a city that begins as typed
CREATE FUNCTION subjects_living(p_line text, p_city text, p_within bigint[], p_limit int) RETURNS TABLE (subject_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    classes int[] := public.access_classes();
BEGIN
    RETURN QUERY
    SELECT DISTINCT a.subject_id FROM public.subjects_addressfact a
    JOIN public.subjects_subject s ON s.id = a.subject_id AND s.class_id = ANY (classes)
    WHERE a.line <> '' AND a.retracted_at IS NULL AND a.class_id = ANY (classes)
      AND (upper(a.line) ~>=~ upper(p_line)) AND (upper(a.line) ~<=~ (upper(p_line) || '~'))
      AND starts_with(upper(a.city), upper(p_city))
      AND (p_within IS NULL OR a.subject_id = ANY (p_within))
    ORDER BY 1 LIMIT p_limit;
END $$;
"""

LIVING_BACK = """
DROP FUNCTION subjects_living(text, text, bigint[], int);
DROP INDEX address_line_begins;
"""

FIND_BACK = """
DROP FUNCTION subjects_written(text[], int);
DROP FUNCTION subjects_find(text[], text[], date, date, date[], bigint[], int);
DROP FUNCTION subjects_split(text);
DROP FUNCTION subjects_alike(text[], int);
"""

SEARCHES = """
-- the terms of old searches go, whoever searched; returns how many
CREATE FUNCTION subjects_forget_searches(p_now timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH gone AS (DELETE FROM public.subjects_personsearch WHERE expires_at <= least(p_now, now()) RETURNING 1) SELECT count(*) FROM gone
$$;
"""

SEARCHES_BACK = "DROP FUNCTION subjects_forget_searches(timestamptz);"

MERGED_GO_ALONG = """
-- Who was merged into a person before that person went into a compartment: the row that is no longer shown goes along, and what
-- stayed with it (its facts, records and leads went with the merge). `touched_at` lets caches and evaluations see it.
DO $$
DECLARE
    late record;
BEGIN
    FOR late IN
        WITH RECURSIVE shown (id, further) AS (
            SELECT r.from_subject_id, r.to_subject_id FROM subjects_subjectredirect r WHERE r.closed_at IS NULL
            UNION
            SELECT s.id, r.to_subject_id FROM shown s JOIN subjects_subjectredirect r ON r.from_subject_id = s.further AND r.closed_at IS NULL
        )
        SELECT s.id, c.compartments AS marks FROM shown s
        JOIN subjects_subject person ON person.id = s.further
        JOIN access_accessclass c ON c.id = person.class_id
        WHERE c.compartments <> '{}' AND c.phase = 'live'
        ORDER BY s.id, s.further
    LOOP
        UPDATE subjects_subject t
        SET class_id = access_intern_class(c.audience, c.office_id, c.compartments || late.marks), touched_at = now()
        FROM access_accessclass c WHERE c.id = t.class_id AND t.id = late.id AND NOT c.compartments @> late.marks;
        UPDATE subjects_associate t SET class_id = access_intern_class(c.audience, c.office_id, c.compartments || late.marks)
        FROM access_accessclass c WHERE c.id = t.class_id AND t.subject_id = late.id AND NOT c.compartments @> late.marks;
        UPDATE subjects_matchkey t SET class_id = access_intern_class(c.audience, c.office_id, c.compartments || late.marks)
        FROM access_accessclass c WHERE c.id = t.class_id AND t.subject_id = late.id AND NOT c.compartments @> late.marks;
        UPDATE subjects_possiblerecord t SET class_id = access_intern_class(c.audience, c.office_id, c.compartments || late.marks)
        FROM access_accessclass c WHERE c.id = t.class_id AND t.subject_id = late.id AND NOT c.compartments @> late.marks;
        UPDATE subjects_judgement t SET class_id = access_intern_class(c.audience, c.office_id, c.compartments || late.marks)
        FROM access_accessclass c WHERE c.id = t.class_id AND late.id IN (t.left_id, t.right_id) AND NOT c.compartments @> late.marks;
    END LOOP;
END $$;
"""
