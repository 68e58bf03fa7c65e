using Lockkeeper.Engines.PostgreSql.Schema;
using Shouldly;
using Xunit;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Schema;

public sealed class CanonicalExpressionTests
{
    [Theory]
    [InlineData(
        "CHECK (((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[])))",
        "CHECK (((a)::text = ANY (ARRAY[('x'::character varying)::text, ('y'::character varying)::text])))")]
    [InlineData("(ARRAY['it''s, ]'::character varying, 'b'::bpchar])::text[]", "ARRAY[('it''s, ]'::character varying)::text, ('b'::bpchar)::text]")]
    [InlineData("(ARRAY[f(a, b), (c)[1]])::timestamp(3) without time zone[]", "ARRAY[(f(a, b))::timestamp(3) without time zone, ((c)[1])::timestamp(3) without time zone]")]
    [InlineData("(ARRAY[\"odd]\"])::app.\"Type one\"[]", "ARRAY[(\"odd]\")::app.\"Type one\"]")]
    [InlineData("(ARRAY[a, b])::numeric(10,2)[]", "ARRAY[(a)::numeric(10,2), (b)::numeric(10,2)]")]
    [InlineData("(ARRAY[ARRAY[a, b], ARRAY[c, d]])::text[]", "ARRAY[ARRAY[(a)::text, (b)::text], ARRAY[(c)::text, (d)::text]]")]
    [InlineData("(ARRAY[g((ARRAY[a])::text[])])::text[]", "ARRAY[(g(ARRAY[(a)::text]))::text]")]
    [InlineData("(ARRAY[E'a\\'', 'b'])::text[]", "ARRAY[(E'a\\'')::text, ('b')::text]")]
    public void a_cast_of_a_whole_array_becomes_a_cast_of_each_element(string text, string expected) => CanonicalExpression.Of(text).ShouldBe(expected);

    [Fact]
    public void a_join_on_nothing_is_written_as_its_condition_is_read_back() =>
        CanonicalExpression.Of("(a\n   LEFT JOIN b ON TRUE)").ShouldBe("(a\n   LEFT JOIN b ON (true))");

    [Theory]
    [InlineData("(a = 1)")]
    [InlineData("'(ARRAY[a])::text[]'::text")]
    [InlineData("E'\\'(ARRAY[a])::text[]'")]
    [InlineData("\"(ARRAY[a])::text[]\"")]
    [InlineData("AS $function$ SELECT (ARRAY['a'])::text[] ON TRUE $function$")]
    [InlineData("$1 + $2 || (ARRAY[a])::public.vector")]
    [InlineData("(ARRAY[a])::integer")]
    [InlineData("(ARRAY[a])[1]")]
    [InlineData("(ARRAY[a] || b)")]
    [InlineData("(ARRAY[])::text[]")]
    [InlineData("(ARRAY[a")]
    [InlineData("'TRUE'")]
    public void everything_else_stays_as_it_is(string text) => CanonicalExpression.Of(text).ShouldBe(text);

    [Theory]
    [InlineData("((a)::text = ANY ((ARRAY['x'::character varying])::text[]))")]
    [InlineData("x ON TRUE")]
    public void a_canonical_form_is_its_own_canonical_form(string text)
    {
        var once = CanonicalExpression.Of(text);
        CanonicalExpression.Of(once).ShouldBe(once);
    }
}
