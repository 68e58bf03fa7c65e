using System.Text.RegularExpressions;

namespace Lockkeeper.Migrate.Formats.Liquibase;

/// <summary>What kind of value a column type takes, as far as writing one depends on it.</summary>
internal enum ValueKind
{
    Other,
    Number,
    Boolean,
    Text,
    Time,
}

/// <summary>A column type of a changelog as Liquibase 4.28 writes it for PostgreSQL.</summary>
/// <param name="Sql">The type in SQL.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="IsSerial">Whether the type itself says that the column counts up.</param>
internal sealed partial record ColumnType(string Sql, ValueKind Kind, bool IsSerial)
{
    /// <summary>Reads a type such as <c>varchar(20)</c>, <c>java.sql.Types.BIGINT</c> or <c>datetime(3)</c>.</summary>
    public static ColumnType Of(string type)
    {
        var match = Shape().Match(type.Trim());
        if (!match.Success)
            return new ColumnType(type.Trim(), ValueKind.Other, false);
        var name = Blanks().Replace(match.Groups["name"].Value.Trim(), " ");
        var key = name.ToLowerInvariant();
        key = key.StartsWith("java.sql.types.", StringComparison.Ordinal) ? key["java.sql.types.".Length..].Replace('_', ' ') : key;
        var size = match.Groups["size"].Success ? $"({string.Join(", ", match.Groups["size"].Value.Split(',', StringSplitOptions.TrimEntries))})" : "";
        var rest = match.Groups["rest"].Value.Trim();
        return key switch
        {
            "bigint" or "int8" or "integer8" or "java.math.biginteger" or "java.lang.long" => Number("BIGINT"),
            "bigserial" or "serial8" => Serial("BIGINT"),
            "int" or "integer" or "int4" or "int32" or "java.lang.integer" => Number("INTEGER"),
            "serial" or "serial4" => Serial("INTEGER"),
            "smallint" or "int2" or "tinyint" => Number("SMALLINT"),
            "smallserial" or "serial2" => Serial("SMALLINT"),
            "decimal" or "java.math.bigdecimal" => Number("DECIMAL" + size),
            "currency" or "money" or "smallmoney" => Number("DECIMAL"),
            "number" or "numeric" => Number("numeric" + size),
            "double" or "java.lang.double" or "double precision" => Number("DOUBLE PRECISION"),
            "float" or "java.lang.float" => Number("FLOAT" + size),
            "real" or "float4" or "float8" => Number(key.ToUpperInvariant()),
            "boolean" or "bool" or "java.lang.boolean" => new("BOOLEAN" + size, ValueKind.Boolean, false),
            "bit" when !type.Contains("java", StringComparison.OrdinalIgnoreCase) => new(("BIT" + size + " " + rest.ToUpperInvariant()).Trim(), ValueKind.Boolean, false),
            "bit" => new("BOOLEAN", ValueKind.Boolean, false),
            "varchar" or "varchar2" or "nvarchar" or "nvarchar2" or "character varying" or "java.lang.string" or "national character varying" => Text("VARCHAR" + Characters(size)),
            "char" or "character" or "bpchar" => Text("CHAR" + Characters(size)),
            "nchar" => Text("NCHAR" + Characters(size)),
            "clob" or "text" or "longtext" or "tinytext" or "mediumtext" or "longvarchar" or "longnvarchar" or "nclob" or "ntext" or "long varchar" or "long nvarchar" => Text(rest == "[]" ? "TEXT[]" : "TEXT"),
            "blob" => new("OID", ValueKind.Other, false),
            "longblob" or "tinyblob" or "mediumblob" or "longvarbinary" or "varbinary" or "binary" or "image" or "bytea" or "long binary" or "long varbinary" => new("BYTEA", ValueKind.Other, false),
            "timestamptz" or "timestamp with timezone" => Time($"TIMESTAMP{size} WITH TIME ZONE"),
            "timestamp with time zone" or "timestamp without time zone" => Time(key.ToUpperInvariant()),
            "timestamp" => Time($"TIMESTAMP{size} {(rest.Length == 0 ? "WITHOUT TIME ZONE" : rest)}"),
            "datetime" or "datetime2" or "smalldatetime" or "java.util.date" or "java.sql.timestamp" => Time($"TIMESTAMP{size} WITHOUT TIME ZONE"),
            "time with time zone" or "timetz" or "time with timezone" => Time($"time{size} WITH TIME ZONE"),
            "time" or "java.sql.time" or "time without time zone" => Time($"time{size} {(rest.Length == 0 ? "WITHOUT TIME ZONE" : rest)}"),
            "date" or "java.sql.date" => Time("date"),
            "uuid" or "uniqueidentifier" or "java.util.uuid" => new("UUID", ValueKind.Other, false),
            "xmltype" or "sqlxml" => new("XML", ValueKind.Other, false),
            _ => new($"{name}{size}{(rest.StartsWith('[') ? rest : rest.Length == 0 ? "" : " " + rest)}", ValueKind.Other, false),
        };
    }

    private static ColumnType Number(string sql) => new(sql, ValueKind.Number, false);

    private static ColumnType Serial(string sql) => new(sql, ValueKind.Number, true);

    private static ColumnType Text(string sql) => new(sql, ValueKind.Text, false);

    private static ColumnType Time(string sql) => new(sql, ValueKind.Time, false);

    /// <summary>Oracle's "10 char" is 10.</summary>
    private static string Characters(string size) => Unit().Replace(size, "");

    [GeneratedRegex(@"^(?<name>[^\(\[]+)(\((?<size>[^)]*)\))?\s*(?<rest>.*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Shape();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\s+(char|byte)(?=\))", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Unit();
}
