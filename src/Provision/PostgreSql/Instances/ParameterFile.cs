using System.Globalization;
using System.Text;
using Lockkeeper.Kernel.Config.Clusters;
using Lockkeeper.Provision.Differences;

namespace Lockkeeper.Provision.PostgreSql.Instances;

/// <summary>The file with the parameters of an instance of ours. What stands in it depends on the server: a profile's parameter that its version lacks is left out.</summary>
/// <param name="heading">Its first lines.</param>
/// <param name="standard">Parameters that every instance of ours has unless the declaration says otherwise.</param>
/// <param name="write">Writes the text where it belongs.</param>
internal sealed class ParameterFile(string heading, IReadOnlyDictionary<string, Placed<string>> standard, Func<string, CancellationToken, Task> write)
{
    /// <summary>All parameters of the instance.</summary>
    public IReadOnlyDictionary<string, Placed<string>> Parameters { get; private set; } = new Dictionary<string, Placed<string>>();

    /// <summary>What stands in it.</summary>
    public string Text => heading + string.Concat(Parameters.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} = {Quoted(one.Value.Value)}\n"));

    /// <summary>How it is written.</summary>
    public Remedy Remedy => Remedy.OnHost(cancel => write(Text, cancel), "write the parameters into the instance's own file, then reload");

    /// <summary>Takes the declared parameters.</summary>
    public void Fill(IReadOnlyDictionary<string, Placed<string>> declared)
    {
        var all = new Dictionary<string, Placed<string>>(standard, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in declared)
            all[name] = value;
        Parameters = all;
    }

    /// <summary>A value as postgresql.conf takes it (guc-file.l): in quotes, with quotes doubled and backslashes escaped.</summary>
    public static string Quoted(string value)
    {
        var text = new StringBuilder("'");
        foreach (var c in value)
        {
            text.Append(c switch
            {
                '\'' => "''",
                '\\' => @"\\",
                '\n' => @"\n",
                '\r' => @"\r",
                '\t' => @"\t",
                _ => c.ToString(CultureInfo.InvariantCulture),
            });
        }

        return text.Append('\'').ToString();
    }
}
