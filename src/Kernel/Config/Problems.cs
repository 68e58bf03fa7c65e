using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;
using Lockkeeper.Kernel.Findings;

namespace Lockkeeper.Kernel.Config;

/// <summary>Collects what is wrong in one file, so that a person sees all of it at once.</summary>
/// <param name="file">The file as the user would type it.</param>
internal sealed class Problems(string file)
{
    private const int MostListed = 50;

    private readonly List<LockkeeperException> errors = [];
    private readonly List<Finding> warnings = [];

    public IReadOnlyList<Finding> Warnings => warnings;

    public void Add(ErrorCode code, YamlNode at, string message, string hint) =>
        errors.Add(new LockkeeperException(code, message, hint, At(at)));

    /// <summary>Whether anything is wrong so far.</summary>
    public bool Any => errors.Count > 0;

    public void Warn(string rule, YamlNode at, string message, string hint) =>
        warnings.Add(new Finding(rule, Severity.Warning, message, At(at), hint));

    /// <summary>An error that nothing can be read after; the caller throws it.</summary>
    public LockkeeperException Fatal((int Line, int Column) at, string message, string hint)
    {
        errors.Add(new LockkeeperException(KernelErrors.ConfigSyntax, message, hint, new SourcePosition(file, at.Line, at.Column)));
        return All();
    }

    public void ThrowIfAny()
    {
        if (errors.Count > 0)
            throw All();
    }

    /// <summary>All errors as one: the first of the file, with the others in it.</summary>
    public LockkeeperException All()
    {
        var ordered = errors.OrderBy(error => error.At!.File != file).ThenBy(error => error.At!.Line).ThenBy(error => error.At!.Column).ToList();
        var first = ordered[0];
        return new LockkeeperException(first.Code, first.Message, first.Hint, first.At)
        {
            Others = [.. ordered.Skip(1).Take(MostListed - 1)],
            Facts = ordered.Count > MostListed ? [new ErrorFact("MORE", $"{ordered.Count - MostListed} further errors of this file are not listed")] : [],
        };
    }

    /// <summary>A node's place.</summary>
    public SourcePosition At(YamlNode node) => new(node.File ?? file, node.Line, node.Column);
}
