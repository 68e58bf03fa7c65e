using Lockkeeper.Engines.PostgreSql.Sql.Facts;

namespace Lockkeeper.Engines.PostgreSql.Sql;

/// <summary>What libpg_query made of some SQL: its tree, or its complaint.</summary>
/// <param name="Tree">The root of the tree; null with a complaint, and when it is too deep.</param>
/// <param name="Error">The complaint; null when there is none.</param>
/// <param name="ErrorPosition">Where the complaint points: characters from 1; 0 for no place.</param>
internal sealed record ParsedSql(TreeNode? Tree, string? Error, int ErrorPosition);
