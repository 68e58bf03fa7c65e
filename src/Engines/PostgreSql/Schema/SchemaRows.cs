using Npgsql;

namespace Lockkeeper.Engines.PostgreSql.Schema;

/// <summary>Makes objects of rows: kind, identity, then a column a property.</summary>
internal static class SchemaRows
{
    public static async Task ReadAsync(NpgsqlDataReader reader, List<SchemaObject> objects, CancellationToken cancel)
    {
        var columns = Enumerable.Range(2, reader.FieldCount - 2)
            .Select(ordinal => (Ordinal: ordinal, Name: reader.GetName(ordinal)))
            .OrderBy(column => column.Name, StringComparer.Ordinal)
            .ToArray();
        var kinds = new Dictionary<string, string>(StringComparer.Ordinal);
        var properties = new List<SchemaProperty>(columns.Length);
        while (await reader.ReadAsync(cancel))
        {
            if (reader.IsDBNull(1)) throw new VanishedException();
            properties.Clear();
            foreach (var (ordinal, name) in columns)
            {
                if (!reader.IsDBNull(ordinal)) properties.Add(new SchemaProperty(name, Canonical(name, reader.GetString(ordinal))));
                else if (name == "definition") throw new VanishedException();
            }

            objects.Add(new SchemaObject(reader.GetString(0), reader.GetString(1), [.. properties]));
        }
    }

    private static string Canonical(string property, string value) => property switch
    {
        "definition" or "default" or "generated" or "using" or "with check" or "partition bound" or "partition key" or "expressions" or "tables"
            => CanonicalExpression.Of(value),
        _ => value,
    };

    /// <summary>An object was dropped between the snapshot and the reading of its definition.</summary>
    internal sealed class VanishedException : Exception;
}
