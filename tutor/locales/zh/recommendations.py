"""Why something is recommended, in one sentence; one message for each kind of recommendation."""

MESSAGES: dict[str, str] = {
    "recommend_confirm": "你在提示下做对了“{skill}”，请独立做一题。",
    "recommend_review": "你以前掌握了“{skill}”，看看现在是否还记得。",
    "recommend_steady": "刚才的题不容易。先复习一下你已掌握的“{skill}”，再继续。",
    "recommend_repair": "“{failing}”最近 {answers} 题你答对了 {rights} 题，它以“{skill}”为基础。",
    "recommend_practise": "“{skill}”最近 {answers} 题你答对了 {rights} 题，请继续。",
    "recommend_new": "“{skill}”是新内容，你现在就可以开始学。",
    "recommend_stop": "今天就到这里，休息之后会记得更牢。",
    # 列表中知识点名称之后的简短理由
    "why_next_confirm": "有帮助时答对过，现在自己试试",
    "why_next_review": "有一阵子没有练习",
    "why_next_steady": "你已掌握，巩固一下",
    "why_next_repair": "“{failing}”以它为基础",
    "why_next_practise": "最近 {answers} 题答对 {rights} 题",
    "why_next_new": "新内容",
    "why_next_stop": "",
}
