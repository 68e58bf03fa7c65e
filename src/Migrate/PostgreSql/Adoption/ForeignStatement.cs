using System.Globalization;
using System.Text.RegularExpressions;
using Lockkeeper.Engines.PostgreSql.Connections;
using Npgsql;

namespace Lockkeeper.Migrate.PostgreSql.Adoption;

/// <summary>A statement that keeps another tool's history up to date.</summary>
/// <param name="Sql">The statement with positional parameters <c>$1</c>, tagged <c>/* lk:migrate.mirror */</c>; cast a parameter that may be null: <c>$2::text</c>.</param>
/// <param name="Values">The parameters' values: strings, numbers, booleans or null.</param>
internal sealed partial record ForeignStatement(string Sql, params IReadOnlyList<object?> Values)
{
    /// <summary>As a command of a batch.</summary>
    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(Sql);
        foreach (var value in Values)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    /// <summary>As a line of a script for psql, the values in place of the parameters.</summary>
    public string ToScript() => Parameter().Replace(Sql, match => Literal(Values[int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) - 1])) + ";";

    private static string Literal(object? value) => value switch
    {
        null => "NULL",
        bool flag => flag ? "true" : "false",
        string text => SqlText.Literal(text),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"a parameter of type {value.GetType().Name} has no literal"),
    };

    [GeneratedRegex(@"\$(?<number>\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
