using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Migrate.PostgreSql.Lint;

/// <summary>A column's type.</summary>
/// <param name="Name">The type's own name without <c>pg_catalog</c>, as the grammar knows it: <c>int4</c>, <c>varchar</c>, <c>timestamptz</c>; <c>app.mood</c> for one of another schema.</param>
/// <param name="Modifiers">Length, precision and scale; empty when none are written.</param>
/// <param name="IsArray">Whether it is an array of it.</param>
internal sealed record ColumnType(string Name, IReadOnlyList<int> Modifiers, bool IsArray)
{
    /// <summary>Names that mean the same type in PostgreSQL's catalog and in the grammar.</summary>
    private static readonly Dictionary<string, string> Canonical = new(StringComparer.Ordinal)
    {
        ["integer"] = "int4", ["int"] = "int4", ["bigint"] = "int8", ["smallint"] = "int2", ["boolean"] = "bool", ["real"] = "float4", ["double precision"] = "float8",
        ["character varying"] = "varchar", ["character"] = "bpchar", ["char"] = "bpchar", ["decimal"] = "numeric", ["bit varying"] = "varbit",
        ["timestamp without time zone"] = "timestamp", ["timestamp with time zone"] = "timestamptz", ["time without time zone"] = "time", ["time with time zone"] = "timetz",
    };

    /// <summary>The type that a TypeName node writes.</summary>
    public static ColumnType Of(TreeNode typeName)
    {
        var names = typeName.Strings("names");
        if (names is ["pg_catalog", _, ..])
            names = [.. names.Skip(1)];
        var name = SqlName.Of(names);
        return new ColumnType(
            name, [.. typeName.List("typmods", "A_Const").Select(constant => constant.Node("ival")?.Number("ival") ?? 0)], typeName.List("arrayBounds").Any());
    }

    /// <summary>The type that <c>format_type()</c> spells, for example <c>character varying(20)</c> or <c>app.mood[]</c>.</summary>
    public static ColumnType Parse(string formatted)
    {
        var isArray = formatted.EndsWith("[]", StringComparison.Ordinal);
        var text = isArray ? formatted[..^2] : formatted;
        var (open, close) = (text.IndexOf('(', StringComparison.Ordinal), text.IndexOf(')', StringComparison.Ordinal));
        IReadOnlyList<int> modifiers = [];
        if (open > 0 && close > open)
        {
            modifiers = [.. text[(open + 1)..close].Split(',').Select(part => int.TryParse(part, out var number) ? number : 0)];
            text = text[..open] + text[(close + 1)..];
        }

        text = text.Trim();
        return new ColumnType(Canonical.GetValueOrDefault(text, text), modifiers, isArray);
    }

    /// <summary>Whether it makes a sequence and a default: serial and its kin.</summary>
    public bool IsSerial => Name is "serial" or "bigserial" or "smallserial" or "serial2" or "serial4" or "serial8";

    /// <summary>The type of the column that it makes: a serial is an integer.</summary>
    public ColumnType Stored => Name switch
    {
        "serial" or "serial4" => this with { Name = "int4" },
        "bigserial" or "serial8" => this with { Name = "int8" },
        "smallserial" or "serial2" => this with { Name = "int2" },
        _ => this,
    };

    /// <summary>Whether it is the same type with the same modifiers.</summary>
    public bool SameAs(ColumnType other) => Name == other.Name && IsArray == other.IsArray && Modifiers.SequenceEqual(other.Modifiers);

    /// <summary>As people write it.</summary>
    public override string ToString() => $"{Words()}{(Modifiers.Count == 0 ? "" : $"({string.Join(", ", Modifiers)})")}{(IsArray ? "[]" : "")}";

    private string Words() => Name switch
    {
        "int4" => "integer",
        "int8" => "bigint",
        "int2" => "smallint",
        "bool" => "boolean",
        "bpchar" => "char",
        "float8" => "double precision",
        "float4" => "real",
        _ => Name,
    };
}
