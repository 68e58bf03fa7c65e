using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Migrate.Series;

/// <summary>A part of a script that has a place of its own.</summary>
/// <param name="Text">The SQL.</param>
/// <param name="At">Where it stands.</param>
/// <param name="IsGenerated">Whether it is one statement that was made from what stands there, such as a changelog's createTable.</param>
internal sealed record ScriptPart(string Text, SourcePosition At, bool IsGenerated = false);
