using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>The error codes of splitting and parsing SQL, 2100 to 2199.</summary>
public static class SqlErrors
{
    /// <summary>All codes of this range, in order.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } = [];
}
