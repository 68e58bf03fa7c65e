namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Leaves objects out of a snapshot.</summary>
public static class SchemaSubset
{
    /// <summary>The snapshot without some relations and schemas and everything that is a part of them: columns, constraints, indexes, grants, owned sequences.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="owners">Identities of relations and schemas, quoted where SQL needs it: <c>public.schema_migrations</c>, <c>sqitch</c>.</param>
    public static SchemaSnapshot Without(SchemaSnapshot snapshot, IReadOnlyCollection<string> owners) => owners.Count == 0
        ? snapshot
        : new SchemaSnapshot(snapshot.Objects.Where(item => !IsOrIsIn(item.Identity, owners) && !(Parent.Of(item) is { } parent && IsOrIsIn(parent, owners))));

    /// <summary>Whether a qualified name, or what stands before one of its dots, is among the names.</summary>
    private static bool IsOrIsIn(string identity, IReadOnlyCollection<string> owners)
    {
        for (string? part = identity; part is not null; part = Parent.Split(part).Qualifier)
        {
            if (owners.Contains(part))
                return true;
        }

        return false;
    }
}
