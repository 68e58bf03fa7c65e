using FsCheck;
using FsCheck.Fluent;
using Lockkeeper.Engines.PostgreSql.Schema;

namespace Lockkeeper.Tests.Unit.Engines.PostgreSql.Schema;

/// <summary>Made-up schemas: few names, so that two of them share objects, and any text as values.</summary>
internal static class Schemas
{
    public static Config Config { get; } = Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true);

    private static readonly Gen<SchemaProperty> Property =
        from name in Gen.Elements("type", "not null", "definition", "table", "on", "owned by", "privileges", "comment")
        from value in Gen.OneOf(Gen.Elements("yes", "integer", "public.a", "table public.a"), ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => text.Get))
        select new SchemaProperty(name, value);

    private static readonly Gen<SchemaObject> Item =
        from kind in Gen.Elements("table", "column", "index", "grant", "sequence", "view", "schema")
        from identity in Gen.Elements("public", "public.a", "public.b", "public.a.x", "public.a.y", "public.b.x", "on table public.a to c", "\"odd.\"\"name\".t")
        from properties in Property.ListOf()
        select new SchemaObject(kind, identity, [.. properties.DistinctBy(property => property.Name)]);

    public static Arbitrary<SchemaSnapshot> Any { get; } =
        (from items in Item.ListOf()
         select new SchemaSnapshot(items.DistinctBy(item => (item.Kind, item.Identity)))).ToArbitrary();
}
