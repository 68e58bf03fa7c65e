using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lockkeeper.Kernel.Config.Yaml;

/// <summary>Makes a syntax error of every way in which the parser fails: YamlDotNet 16.3 throws InvalidOperationException for some
/// unclosed brackets and ArgumentException for tags that are no URI.</summary>
internal sealed class GuardedParser(Parser parser) : IParser
{
    public ParsingEvent? Current => parser.Current;

    public bool MoveNext()
    {
        try
        {
            return parser.MoveNext();
        }
        catch (Exception e) when (e is not YamlException)
        {
            var at = parser.Current?.End ?? Mark.Empty;
            throw new YamlException(at, at, "", e);
        }
    }
}
