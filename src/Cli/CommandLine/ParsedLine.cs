using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Cli.CommandLine;

/// <summary>What a command line asks for.</summary>
internal abstract record ParsedLine;

/// <summary>The overview: <c>lk</c> alone or <c>lk --help</c>.</summary>
internal sealed record AskedOverview : ParsedLine;

/// <summary>The verbs of a group: <c>lk migrate --help</c>.</summary>
internal sealed record AskedGroup(string Path) : ParsedLine;

/// <summary>The help of a verb.</summary>
internal sealed record AskedHelp(Verb Verb) : ParsedLine;

/// <summary>The program's version.</summary>
internal sealed record AskedVersion : ParsedLine;

/// <summary>Words that complete a command line that is still being typed.</summary>
internal sealed record AskedCompletions(IReadOnlyList<string> Words) : ParsedLine;

/// <summary>A verb with its values as text, by parameter name.</summary>
internal sealed record AskedVerb(Verb Verb, IReadOnlyDictionary<string, string> Values) : ParsedLine;
